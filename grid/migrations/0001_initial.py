import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.encryption


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True, verbose_name='日期')),
                ('is_workday', models.BooleanField(verbose_name='上班')),
                ('name', models.CharField(help_text='如：国庆节、国庆节调休上班', max_length=30, verbose_name='说明')),
            ],
            options={
                'verbose_name': '日历日',
                'verbose_name_plural': '日历日',
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(unique=True, verbose_name='年份')),
                ('source', models.CharField(help_text='如：国务院办公厅关于 2016 年部分节假日安排的通知', max_length=100, verbose_name='依据')),
            ],
            options={
                'verbose_name': '日历年度',
                'verbose_name_plural': '日历年度',
                'ordering': ['-year'],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=20, unique=True, verbose_name='内容')),
                ('token', models.CharField(max_length=32, verbose_name='版次标记')),
            ],
            options={
                'verbose_name': '基础数据版次',
                'verbose_name_plural': '基础数据版次',
            },
        ),
        migrations.CreateModel(
            name='Street',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=9, unique=True, validators=[django.core.validators.RegexValidator('^\\d{9}$')], verbose_name='街道代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('shape', models.BinaryField(help_text='WKB，WGS-84', verbose_name='边界')),
                ('area_m2', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='面积（㎡）')),
            ],
            options={
                'verbose_name': '街道',
                'verbose_name_plural': '街道',
            },
        ),
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^\\d{12}$')], verbose_name='社区代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('short_name', models.CharField(max_length=30, verbose_name='简称')),
                ('shape', models.BinaryField(help_text='WKB，WGS-84', verbose_name='边界')),
                ('area_m2', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='面积（㎡）')),
                ('households', models.PositiveIntegerField(default=0, verbose_name='户数')),
                ('population', models.PositiveIntegerField(default=0, verbose_name='人口')),
                ('label_lon', models.FloatField(verbose_name='标注经度')),
                ('label_lat', models.FloatField(verbose_name='标注纬度')),
                ('department', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='community', to='accounts.department', verbose_name='对应部门')),
            ],
            options={
                'verbose_name': '社区',
                'verbose_name_plural': '社区',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='UnitGrid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=15, unique=True, validators=[django.core.validators.RegexValidator('^\\d{15}$')], verbose_name='网格代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('serial', models.PositiveSmallIntegerField(verbose_name='顺序号')),
                ('area_m2', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='面积（㎡）')),
                ('shape', models.BinaryField(help_text='WKB，WGS-84', verbose_name='边界')),
                ('leader_name', models.CharField(blank=True, max_length=30, verbose_name='网格长')),
                ('leader_phone', accounts.encryption.EncryptedText(blank=True, verbose_name='网格长电话')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grids', to='grid.community', verbose_name='社区')),
            ],
            options={
                'verbose_name': '单元网格',
                'verbose_name_plural': '单元网格',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='KeySite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('category', models.CharField(choices=[('重点道路', '重点道路'), ('重点点位', '重点点位'), ('小区', '小区')], max_length=10, verbose_name='类别')),
                ('subcategory', models.CharField(blank=True, max_length=20, verbose_name='小类')),
                ('lon', models.FloatField(verbose_name='经度')),
                ('lat', models.FloatField(verbose_name='纬度')),
                ('line', models.BinaryField(blank=True, help_text='WKB，WGS-84', null=True, verbose_name='线形')),
                ('status', models.CharField(choices=[('日常监测', '日常监测'), ('关停', '关停'), ('取缔', '取缔'), ('拆除', '拆除'), ('整治完成', '整治完成')], default='日常监测', max_length=10, verbose_name='状态')),
                ('patrol_per_week', models.PositiveSmallIntegerField(default=0, verbose_name='每周巡查（次）')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='grid.community', verbose_name='社区')),
                ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='grid.unitgrid', verbose_name='网格')),
            ],
            options={
                'verbose_name': '重点点位',
                'verbose_name_plural': '重点点位',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='WorkHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(unique=True, verbose_name='起用日期')),
                ('morning_start', models.TimeField(verbose_name='上午上班')),
                ('morning_end', models.TimeField(verbose_name='上午下班')),
                ('afternoon_start', models.TimeField(verbose_name='下午上班')),
                ('afternoon_end', models.TimeField(verbose_name='下午下班')),
            ],
            options={
                'verbose_name': '作息时间',
                'verbose_name_plural': '作息时间',
                'ordering': ['-effective_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('morning_start__lt', models.F('morning_end')), ('morning_end__lte', models.F('afternoon_start')), ('afternoon_start__lt', models.F('afternoon_end'))), name='work_hours_run_forward', violation_error_message='四个时间应当依次往后：上午上班、上午下班、下午上班、下午下班。请改正先后。')],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.FileField(max_length=200, upload_to='photos/original/%Y/%m', verbose_name='原件')),
                ('image', models.FileField(blank=True, max_length=200, upload_to='photos/image/%Y/%m', verbose_name='照片')),
                ('thumb', models.FileField(blank=True, max_length=200, upload_to='photos/thumb/%Y/%m', verbose_name='缩略图')),
                ('state', models.CharField(choices=[('pending', '处理中'), ('ready', '可查看'), ('refused', '无法读取')], default='pending', max_length=10, verbose_name='状态')),
                ('refusal', models.CharField(blank=True, max_length=200, verbose_name='未采用的原因')),
                ('format', models.CharField(max_length=10, verbose_name='原件格式')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='拍摄时间')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='经度')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='纬度')),
                ('datum', models.CharField(default='wgs84', max_length=10, verbose_name='坐标系')),
                ('accuracy_m', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='定位精度（米）')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='原件摘要')),
                ('dhash', models.BigIntegerField(blank=True, help_text='64 位差异哈希，按有符号整数存放', null=True, verbose_name='相似指纹')),
                ('width', models.PositiveIntegerField(default=0, verbose_name='宽（像素）')),
                ('height', models.PositiveIntegerField(default=0, verbose_name='高（像素）')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '照片',
                'verbose_name_plural': '照片',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', 'uploaded_at'], name='photo_state_uploaded')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('image', ''), _negated=True), models.Q(('thumb', ''), _negated=True)), _connector='OR'), name='a_ready_photo_has_its_pictures')],
            },
        ),
        migrations.AddConstraint(
            model_name='unitgrid',
            constraint=models.UniqueConstraint(fields=('community', 'serial'), name='a_serial_is_used_once_in_a_community'),
        ),
        migrations.AddIndex(
            model_name='keysite',
            index=models.Index(fields=['category', 'code'], name='site_category_code'),
        ),
        migrations.AddConstraint(
            model_name='keysite',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['重点道路', '重点点位', '小区'])), name='a_site_has_a_known_category'),
        ),
        migrations.AddConstraint(
            model_name='keysite',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['日常监测', '关停', '取缔', '拆除', '整治完成'])), name='a_site_has_a_known_status'),
        ),
        migrations.AddConstraint(
            model_name='keysite',
            constraint=models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='a_site_lies_on_the_earth'),
        ),
    ]
