from django.db import migrations


class Migration(migrations.Migration):
    """The measurements of quality go, rows and all, to the room of quality."""

    dependencies = [
        ("register", "0005_intakes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable(name="Quality", table="quality_assessment"),
            ],
            state_operations=[migrations.DeleteModel(name="Quality")],
        ),
    ]
