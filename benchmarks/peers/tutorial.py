"""Django Channels' tutorial chat, with its in-memory layer, in one file. It has no accounts and stores nothing."""
import json

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

settings.configure(
    SECRET_KEY='for the benchmark only', ALLOWED_HOSTS=['*'], ROOT_URLCONF=__name__, INSTALLED_APPS=['channels'],
    CHANNEL_LAYERS={'default': {'BACKEND': 'channels.layers.InMemoryChannelLayer'}})
django.setup()
urlpatterns = []


class ChatConsumer(AsyncWebsocketConsumer):
    """One socket."""

    async def connect(self):
        """Enter the room."""
        await self.channel_layer.group_add('lobby', self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        """Leave it."""
        await self.channel_layer.group_discard('lobby', self.channel_name)

    async def receive(self, text_data):
        """Tell everyone."""
        message = json.loads(text_data)['message']
        await self.channel_layer.group_send('lobby', {'type': 'chat.message', 'message': message})

    async def chat_message(self, event):
        """Pass it on."""
        await self.send(text_data=json.dumps({'message': event['message']}))


application = ProtocolTypeRouter({
    'http': get_asgi_application(),
    'websocket': URLRouter([path('ws/', ChatConsumer.as_asgi())]),
})
