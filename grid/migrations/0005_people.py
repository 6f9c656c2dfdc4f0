import accounts.encryption
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0004_things'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('months_after_leaving', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='离开后保存（月）')),
                ('basis', models.CharField(blank=True, max_length=100, verbose_name='依据')),
            ],
            options={
                'verbose_name': '居民信息保存期限',
                'verbose_name_plural': '居民信息保存期限',
            },
        ),
        migrations.CreateModel(
            name='Dwelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='户编号')),
                ('building', models.CharField(help_text='写到楼号或院号，例如 西井一区3号楼', max_length=60, verbose_name='楼院')),
                ('door', accounts.encryption.EncryptedText(blank=True, default='', max_length=30, verbose_name='单元房号')),
                ('door_index', models.CharField(editable=False, max_length=64)),
                ('lon', models.FloatField(verbose_name='经度')),
                ('lat', models.FloatField(verbose_name='纬度')),
                ('use', models.CharField(choices=[('own', '自住'), ('rented', '出租'), ('vacant', '空置'), ('business', '经营')], default='own', max_length=10, verbose_name='用途')),
                ('area_m2', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='建筑面积（㎡）')),
                ('rental_registered_on', models.DateField(blank=True, null=True, verbose_name='出租登记日期')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='grid.community', verbose_name='社区')),
                ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='grid.unitgrid', verbose_name='网格')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='grid.keysite', verbose_name='小区')),
            ],
            options={
                'verbose_name': '户',
                'verbose_name_plural': '户',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['community', 'code'], name='dwelling_by_community'), models.Index(fields=['grid', 'code'], name='dwelling_by_grid'), models.Index(fields=['use', 'code'], name='dwelling_by_use')],
                'constraints': [models.UniqueConstraint(fields=('door_index',), name='a_door_is_registered_once'), models.CheckConstraint(condition=models.Q(('use__in', ['own', 'rented', 'vacant', 'business'])), name='a_dwelling_has_a_known_use'), models.CheckConstraint(condition=models.Q(('rental_registered_on__isnull', True), ('use', 'rented'), _connector='OR'), name='only_a_rented_dwelling_has_a_rental_registration'), models.CheckConstraint(condition=models.Q(('area_m2__isnull', True), ('area_m2__gt', 0), _connector='OR'), name='a_dwelling_has_room')],
            },
        ),
        migrations.CreateModel(
            name='Resident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', accounts.encryption.EncryptedText(max_length=30, verbose_name='姓名')),
                ('id_number', accounts.encryption.EncryptedText(blank=True, default='', max_length=18, verbose_name='证件号')),
                ('id_index', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=64)),
                ('phone', accounts.encryption.EncryptedText(blank=True, default='', max_length=20, verbose_name='电话')),
                ('phone_index', models.CharField(blank=True, db_index=True, default='', editable=False, max_length=64)),
                ('sex', models.CharField(blank=True, choices=[('m', '男'), ('f', '女')], max_length=1, verbose_name='性别')),
                ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900), django.core.validators.MaxValueValidator(2100)], verbose_name='出生年')),
                ('kind', models.CharField(choices=[('registered', '户籍'), ('migrant', '流动'), ('foreign', '境外')], default='registered', max_length=10, verbose_name='户口')),
                ('home_place', models.CharField(blank=True, help_text='写到省、市，例如 河北省保定市', max_length=40, verbose_name='户籍地')),
                ('is_head', models.BooleanField(default=False, verbose_name='户主')),
                ('arrived_on', models.DateField(blank=True, null=True, verbose_name='来京日期')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='离开日期')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='grid.dwelling', verbose_name='户')),
            ],
            options={
                'verbose_name': '居民',
                'verbose_name_plural': '居民',
                'ordering': ['dwelling_id', 'pk'],
                'indexes': [models.Index(fields=['kind', 'left_on'], name='resident_by_kind'), models.Index(fields=['left_on'], name='resident_by_departure')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_on__isnull', True), models.Q(('id_index', ''), _negated=True)), fields=('id_index',), name='a_person_lives_in_one_dwelling_at_a_time'), models.UniqueConstraint(condition=models.Q(('is_head', True), ('left_on__isnull', True)), fields=('dwelling',), name='a_dwelling_has_one_head'), models.CheckConstraint(condition=models.Q(('kind__in', ['registered', 'migrant', 'foreign'])), name='a_resident_has_a_known_kind'), models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('arrived_on__isnull', True), ('left_on__gte', models.F('arrived_on')), _connector='OR'), name='a_resident_leaves_after_arriving')],
            },
        ),
    ]
