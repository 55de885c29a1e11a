from django.db import migrations

from shuce.foundation.search import tables


def create(apps, editor):
    for statement in tables.create():
        editor.execute(statement)


def drop(apps, editor):
    for statement in tables.drop():
        editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [('search', '0001_initial')]

    operations = [migrations.RunPython(create, drop)]
