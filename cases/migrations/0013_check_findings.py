import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_case_thing'),
        ('grid', '0011_site_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='收到时间')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='check_finding', to='cases.case', verbose_name='案件')),
                ('site_check', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='finding', to='grid.sitecheck', verbose_name='点位检查')),
            ],
            options={
                'verbose_name': '检查发现',
                'verbose_name_plural': '检查发现',
                'ordering': ['pk'],
            },
        ),
    ]
