import pytest

import addresses


@pytest.mark.parametrize(('text', 'address'), [
    ('192.0.2.1', '192.0.2.1'), (' 192.0.2.1:80 ', '192.0.2.1'), ('::1', '::1'), ('[2001:db8::1]:80', '2001:db8::1'), ('fe80::1%eth0', 'fe80::1'),
    ('::ffff:192.0.2.1', '192.0.2.1'), ('[::ffff:c000:201]', '192.0.2.1'), ('', None), ('unknown', None), ('192.0.2', None), ('_x:80', None)])
def test_an_address_is_read_as_it_is_written(text, address):
    assert str(addresses.read(text)) == str(address)


def test_networks_of_mapped_addresses_are_those_of_ipv4():
    assert list(map(str, addresses.networks('::ffff:10.0.0.0/104, ::/0'))) == ['10.0.0.0/8', '::/0']
