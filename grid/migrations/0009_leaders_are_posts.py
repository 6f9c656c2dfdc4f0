from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0008_posts_from_leaders'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='unitgrid',
            name='leader_name',
        ),
        migrations.RemoveField(
            model_name='unitgrid',
            name='leader_phone',
        ),
    ]
