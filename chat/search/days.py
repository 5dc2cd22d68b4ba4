"""Days as people write them in queries, in the time zone of who asks."""
import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from errors import Refused

DAY = re.compile(r'(\d{4})[-/.\u2010\u2011\u2012\u2013](\d{1,2})[-/.\u2010\u2011\u2012\u2013](\d{1,2})')
AGO = {'today': 0, 'yesterday': 1}
Span = tuple[datetime, datetime]
'''From its first moment (inclusive) to that of the next day (exclusive), in UTC.'''


def span(name: str, value: str, zone: tzinfo) -> Span:
    """The day that the filter with this name is about. Raises Refused('invalid') for what is no day."""
    day = _day(value.lower(), zone)
    if day is None:
        raise Refused('invalid', f'"{name}:" takes a day, as in {name}:2026-01-31, or today, or yesterday.')
    return of(day, zone)


def of(day: date, zone: tzinfo) -> Span:
    """The moments of a day in a time zone."""
    following = day + timedelta(days=1) if day < date.max else None
    return _midnight(day, zone), _midnight(following, zone) if following else datetime.max.replace(tzinfo=UTC)


def _day(value: str, zone: tzinfo) -> date | None:
    if value in AGO:
        return datetime.now(zone).date() - timedelta(days=AGO[value])
    match = DAY.fullmatch(value)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day; the first and the last days of all are not another day in any zone."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
