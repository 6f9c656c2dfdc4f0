import datetime
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('grid', '0010_boundaries'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='起用日期')),
                ('per_week', models.PositiveSmallIntegerField(verbose_name='每周检查（次）')),
                ('check_time', models.CharField(choices=[('any', '不限'), ('day', '白天'), ('night', '夜间')], max_length=5, verbose_name='检查时段')),
            ],
            options={
                'verbose_name': '检查计划',
                'verbose_name_plural': '检查计划',
                'ordering': ['site_id', 'since'],
                'constraints': [models.CheckConstraint(condition=models.Q(('check_time__in', ['any', 'day', 'night'])), name='a_check_plan_has_a_known_check_time')],
            },
        ),
        migrations.CreateModel(
            name='CheckRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day_begins', models.TimeField(default=datetime.time(6, 0), verbose_name='白天从')),
                ('night_begins', models.TimeField(default=datetime.time(18, 0), verbose_name='夜间从')),
                ('far_m', models.PositiveSmallIntegerField(default=200, validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(5000)], verbose_name='离点位多远要标出（米）')),
                ('latest_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(14)], verbose_name='最迟几天内补传（天）')),
            ],
            options={
                'verbose_name': '点位检查规则',
                'verbose_name_plural': '点位检查规则',
                'constraints': [models.CheckConstraint(condition=models.Q(('day_begins__lt', models.F('night_begins'))), name='a_day_of_checks_begins_before_its_night', violation_error_message='白天开始的时间应早于夜间开始的时间。请改正其中一个。')],
            },
        ),
        migrations.CreateModel(
            name='SiteCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='幂等键')),
                ('checked_at', models.DateTimeField(verbose_name='检查时间')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('day', models.DateField(verbose_name='计入日期')),
                ('part', models.CharField(choices=[('day', '白天'), ('night', '夜间')], max_length=5, verbose_name='时段')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='经度')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='纬度')),
                ('accuracy_m', models.FloatField(blank=True, null=True, verbose_name='定位精度（米）')),
                ('distance_m', models.PositiveIntegerField(blank=True, null=True, verbose_name='离点位（米）')),
                ('is_far', models.BooleanField(default=False, verbose_name='离点位较远')),
                ('verdict', models.CharField(choices=[('normal', '正常'), ('trouble', '有问题')], max_length=8, verbose_name='结论')),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
            ],
            options={
                'verbose_name': '点位检查',
                'verbose_name_plural': '点位检查',
                'ordering': ['-checked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ['normal', 'trouble'])), name='a_check_has_a_known_verdict'), models.CheckConstraint(condition=models.Q(('part__in', ['day', 'night'])), name='a_check_has_a_known_part'), models.CheckConstraint(condition=models.Q(('received_at__gte', models.F('checked_at'))), name='a_check_arrives_after_it_was_made'), models.CheckConstraint(condition=models.Q(models.Q(('distance_m__isnull', True), ('is_far', False), ('lat__isnull', True), ('lon__isnull', True)), models.Q(('distance_m__isnull', False), ('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='a_check_with_a_position_has_a_distance')],
            },
        ),
        migrations.CreateModel(
            name='SiteCheckPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '点位检查照片',
                'verbose_name_plural': '点位检查照片',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='keysite',
            name='check_time',
            field=models.CharField(choices=[('any', '不限'), ('day', '白天'), ('night', '夜间')], default='any', max_length=5, verbose_name='检查时段'),
        ),
        migrations.AddConstraint(
            model_name='keysite',
            constraint=models.CheckConstraint(condition=models.Q(('check_time__in', ['any', 'day', 'night'])), name='a_site_has_a_known_check_time'),
        ),
        migrations.AddField(
            model_name='checkplan',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_plans', to='grid.keysite', verbose_name='点位'),
        ),
        migrations.AddField(
            model_name='sitecheck',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='site_checks', to=settings.AUTH_USER_MODEL, verbose_name='检查人'),
        ),
        migrations.AddField(
            model_name='sitecheck',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='grid.keysite', verbose_name='点位'),
        ),
        migrations.AddField(
            model_name='sitecheckphoto',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.photo', verbose_name='照片'),
        ),
        migrations.AddField(
            model_name='sitecheckphoto',
            name='site_check',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='grid.sitecheck', verbose_name='点位检查'),
        ),
        migrations.AddConstraint(
            model_name='checkplan',
            constraint=models.UniqueConstraint(fields=('site', 'since'), name='a_site_has_one_check_plan_from_a_day_on'),
        ),
        migrations.AddIndex(
            model_name='sitecheck',
            index=models.Index(fields=['day', 'site'], name='site_check_by_day'),
        ),
        migrations.AddIndex(
            model_name='sitecheck',
            index=models.Index(fields=['site', '-checked_at'], name='site_check_of_a_site'),
        ),
        migrations.AddConstraint(
            model_name='sitecheckphoto',
            constraint=models.UniqueConstraint(fields=('site_check', 'photo'), name='a_photo_proves_a_check_once'),
        ),
    ]
