"""Databases of earlier versions of this program."""
from database import migrations


def prepare_as_of(version, path, monkeypatch):
    """Make a database as the migrations up to this one left it."""
    with monkeypatch.context() as before:
        before.setattr(migrations, 'STEPS', migrations.STEPS[:version])
        before.setattr(migrations, 'LATEST', version)
        migrations.prepare(path)
