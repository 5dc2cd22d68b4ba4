"""The server dies while people send."""
import asyncio
import os
import signal

from .accounting import Sender, stored

KILLS = int(os.environ.get('CHATROOM_FAULTS_KILLS', '4'))
SENDERS = 8


async def test_every_acknowledged_message_is_stored_once_whenever_the_server_is_killed(make_server):
    """`CHATROOM_FAULTS_KILLS=20 pytest tests/faults` is the long form."""
    server = make_server().start()
    senders = [Sender(server, f'sender{i}') for i in range(SENDERS)]
    for sender in senders:
        sender.token = server.cookie(sender.name)['chatroom_session']
        await sender.connect()
    stop = asyncio.Event()

    async def talk(sender):
        number = 0
        while not stop.is_set():
            await sender.send(number)
            number += 1

    talking = [asyncio.create_task(talk(sender)) for sender in senders]
    for i in range(KILLS):
        await asyncio.sleep(0.5 + 0.13 * i)
        await asyncio.to_thread(server.stop, signal.SIGKILL)
        await asyncio.to_thread(server.start)
    await asyncio.sleep(0.5)
    stop.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*talking)
    everything = (await senders[0].program.ask('history', {'room': 1, 'limit': 1}))['messages']
    for sender in senders:
        await sender.program.sio.disconnect()
    server.stop()

    rows = stored(server.database)
    acknowledged = {client_id: answer for sender in senders for client_id, answer in sender.acknowledged.items()}
    assert {row[0]: row[1] for row in rows} == {client_id: answer['id'] for client_id, answer in acknowledged.items()}
    assert len(rows) == len(acknowledged) > 20 * KILLS
    assert all(row[0] == row[2] for row in rows)
    assert sum(sender.attempts for sender in senders) > len(acknowledged), 'there were retries'
    for sender in senders:
        assert set(sender.seen.values()) <= {1}, 'nothing is heard twice'
        mine = [row[0] for row in rows if row[0].startswith(sender.name + '-')]
        assert mine == list(sender.acknowledged), 'in the order sent'
    assert everything[0]['id'] == rows[-1][1]
