import django.db.models.deletion
import grid.models.things
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit_guard'),
        ('accounts', '__first__'),
        ('grid', '0003_organisations'),
    ]

    operations = [
        migrations.CreateModel(
            name='ThingClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standard', models.CharField(choices=[('2013', 'GB/T 30428.2-2013'), ('2026', 'GB/T 47678.5-2026')], default='2013', max_length=4, verbose_name='标准')),
                ('code', models.CharField(max_length=5, verbose_name='小类代码')),
                ('major', models.CharField(max_length=20, verbose_name='大类')),
                ('name', models.CharField(max_length=30, verbose_name='小类')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('default_owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='默认权属单位')),
            ],
            options={
                'verbose_name': '部件小类',
                'verbose_name_plural': '部件小类',
                'ordering': ['standard', 'code'],
                'constraints': [models.UniqueConstraint(fields=('standard', 'code'), name='a_thing_class_code_names_one_class'), models.CheckConstraint(condition=models.Q(('standard__in', ['2013', '2026'])), name='a_thing_class_follows_a_known_standard')],
            },
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=17, unique=True, validators=[grid.models.things.check_thing_code], verbose_name='标识码')),
                ('state', models.CharField(choices=[('intact', '完好'), ('damaged', '破损'), ('missing', '缺失'), ('retired', '停用')], default='intact', max_length=10, verbose_name='状态')),
                ('owner_name', models.CharField(blank=True, help_text='不在部门名单里的，例如 国网电力', max_length=60, verbose_name='其他权属单位')),
                ('address', models.CharField(blank=True, max_length=100, verbose_name='位置')),
                ('lon', models.FloatField(verbose_name='经度')),
                ('lat', models.FloatField(verbose_name='纬度')),
                ('installed_on', models.DateField(blank=True, null=True, verbose_name='设置日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='things', to='grid.community', verbose_name='社区')),
                ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='things', to='grid.unitgrid', verbose_name='网格')),
                ('maintainer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='things_kept', to='accounts.department', verbose_name='养护单位')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='things_owned', to='accounts.department', verbose_name='权属单位')),
                ('thing_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='things', to='grid.thingclass', verbose_name='小类')),
            ],
            options={
                'verbose_name': '部件',
                'verbose_name_plural': '部件',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['thing_class', 'code'], name='thing_by_class'), models.Index(fields=['community', 'code'], name='thing_by_community'), models.Index(fields=['state', 'code'], name='thing_by_state'), models.Index(fields=['lon', 'lat'], name='thing_by_position')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['intact', 'damaged', 'missing', 'retired'])), name='a_thing_has_a_known_state'), models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='a_thing_stands_on_the_earth')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalThing',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=17, validators=[grid.models.things.check_thing_code], verbose_name='标识码')),
                ('state', models.CharField(choices=[('intact', '完好'), ('damaged', '破损'), ('missing', '缺失'), ('retired', '停用')], default='intact', max_length=10, verbose_name='状态')),
                ('owner_name', models.CharField(blank=True, help_text='不在部门名单里的，例如 国网电力', max_length=60, verbose_name='其他权属单位')),
                ('address', models.CharField(blank=True, max_length=100, verbose_name='位置')),
                ('lon', models.FloatField(verbose_name='经度')),
                ('lat', models.FloatField(verbose_name='纬度')),
                ('installed_on', models.DateField(blank=True, null=True, verbose_name='设置日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('community', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='grid.community', verbose_name='社区')),
                ('grid', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='grid.unitgrid', verbose_name='网格')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('maintainer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.department', verbose_name='养护单位')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.department', verbose_name='权属单位')),
                ('thing_class', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='grid.thingclass', verbose_name='小类')),
            ],
            options={
                'verbose_name': 'historical 部件',
                'verbose_name_plural': 'historical 部件',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ThingPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.photo', verbose_name='照片')),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='grid.thing', verbose_name='部件')),
            ],
            options={
                'verbose_name': '部件照片',
                'verbose_name_plural': '部件照片',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('thing', 'photo'), name='a_photo_shows_a_thing_once')],
            },
        ),
    ]
