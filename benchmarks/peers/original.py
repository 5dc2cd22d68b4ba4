"""The chat that this project replaces: Flask, Flask-SocketIO in its default (threading) mode, SQLite, bcrypt.

A client emits `send_message`; the handler broadcasts. Messages are not stored.
"""
import sqlite3
import sys

import bcrypt
from flask import Flask, redirect, request, session
from flask_socketio import SocketIO, emit

app = Flask(__name__)
app.secret_key = 'for the benchmark only'  # noqa: S105
socketio = SocketIO(app)
DATABASE = 'original.db'


def users():
    """A connection for this request."""
    connection = sqlite3.connect(DATABASE)
    connection.execute('CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE, '
                       'password TEXT)')
    return connection


@app.post('/register')
def register():
    """Make an account and log in."""
    name, password = request.form['username'], request.form['password']
    with users() as connection:
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4))
        connection.execute('INSERT INTO users (username, password) VALUES (?, ?)', (name, hashed.decode()))
    session['username'] = name
    return redirect('/chat', 303)


@app.get('/chat')
def chat():
    """The page."""
    if 'username' not in session:
        return redirect('/')
    return f'<h1>Chat</h1><p>You are {session["username"]}.</p><div id="messages"></div>'


@socketio.on('connect')
def connect():
    """Let in who is logged in."""
    return 'username' in session


@socketio.on('send_message')
def send_message(data):
    """Tell everyone."""
    emit('receive_message', {'username': session['username'], 'message': data['message']}, broadcast=True)


if __name__ == '__main__':
    socketio.run(app, host='127.0.0.1', port=int(sys.argv[1]), allow_unsafe_werkzeug=True)
