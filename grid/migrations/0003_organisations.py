"""The register of organisations (社会单位)."""

import accounts.encryption
import django.core.validators
import django.db.models.deletion
import grid.models.registers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0002_address_book'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('kind', models.CharField(choices=[('unit', '社会单位'), ('economic', '新经济组织'), ('social', '新社会组织')], default='unit', max_length=10, verbose_name='类别')),
                ('uscc', models.CharField(max_length=18, unique=True, validators=[grid.models.registers.check_uscc], verbose_name='统一社会信用代码')),
                ('nature', models.CharField(blank=True, help_text='例如 物业、学校、商贸、建设单位', max_length=20, verbose_name='性质')),
                ('lon', models.FloatField(validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='经度')),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='纬度')),
                ('staff', models.PositiveIntegerField(blank=True, null=True, verbose_name='职工（人）')),
                ('responsible_person', accounts.encryption.EncryptedText(blank=True, default='', max_length=30, verbose_name='负责人')),
                ('post', models.CharField(blank=True, max_length=20, verbose_name='职务')),
                ('phone', accounts.encryption.EncryptedText(blank=True, default='', max_length=20, verbose_name='联系电话')),
                ('door_front_m', models.PositiveIntegerField(blank=True, null=True, verbose_name='门前三包（米）')),
                ('honour', models.CharField(blank=True, max_length=60, verbose_name='荣誉')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='grid.community', verbose_name='社区')),
                ('grid', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='grid.unitgrid', verbose_name='网格')),
            ],
            options={
                'verbose_name': '社会单位',
                'verbose_name_plural': '社会单位',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['kind', 'code'], name='organisation_by_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['unit', 'economic', 'social'])), name='an_organisation_has_a_known_kind'), models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='an_organisation_lies_on_the_earth')],
            },
        ),
    ]
