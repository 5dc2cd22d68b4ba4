"""The clock of the server is set back by an hour."""
import pytest
from playwright.async_api import expect

from tests.browser.acting import disconnect, say
from tests.running import WITH_DOORS

from .accounting import texts_shown, texts_stored

HOUR = 3600


@pytest.mark.browser
async def test_order_and_catching_up_go_by_number_and_not_by_time(make_server, open_chat):
    with make_server(main=WITH_DOORS, CHATROOM_RATE_LIMITS='on') as server:
        there, away = await open_chat('ann', of=server), await open_chat('bob', of=server)
        async with server.program('carl') as carl:
            await carl.ask('send_message', 'before')
            await expect(away.get_by_text('before')).to_be_visible()
            await disconnect(away)
            await carl.sio.call('test_clock', -HOUR)
            for i in range(8):
                answer = await carl.ask('send_message', {'message': f'earlier {i}', 'client_id': f'{i}'})
                assert 'id' in answer, 'nobody has to wait an hour'
            first = await carl.written(1)
            assert [m['message'] for m in first] == ['before', *(f'earlier {i}' for i in range(8))]
            assert first[1]['created_at'] < first[0]['created_at'], 'the clock was set back'
            assert [m['message'] for m in (await carl.ask('changes', {'room': 1, 'since': first[0]['revision']}))['changes']] == [
                f'earlier {i}' for i in range(8)]
            assert await carl.ask('send_message', {'message': 'again', 'client_id': '3'}) | {'revision': 0} == {
                **{key: first[4][key] for key in ('id', 'room', 'created_at')}, 'revision': 0}
            await away.context.set_offline(False)
            await expect(away.get_by_text('earlier 7')).to_be_visible(timeout=15_000)
            await say(there, 'and a page')
            await carl.sio.call('test_clock', 0)
            await say(away, 'the clock is right again')
            await expect(there.get_by_text('the clock is right again')).to_be_visible()
            shown = [await texts_shown(page) for page in (there, away)]
            server.cookie('dora')
    expected = ['before', *(f'earlier {i}' for i in range(8)), 'and a page', 'the clock is right again']
    assert texts_stored(server.database) == expected
    assert shown == [expected, expected]
