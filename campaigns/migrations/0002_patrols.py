# Pollution alerts, the roster they demand, and the log of every outing.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit_guard'),
        ('accounts', '__first__'),
        ('campaigns', '0001_campaigns_and_structures'),
        ('cases', '0009_field_acts'),
        ('grid', '0002_address_book'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlertMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('blue', '蓝色'), ('yellow', '黄色'), ('orange', '橙色'), ('red', '红色')], error_messages={'unique': '这一级别的措施已经有了。请修改原来那一行。'}, max_length=8, unique=True, verbose_name='级别')),
                ('words', models.TextField(max_length=1000, verbose_name='应急措施')),
            ],
            options={
                'verbose_name': '预警措施',
                'verbose_name_plural': '预警措施',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PatrolLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='编号')),
                ('date', models.DateField(verbose_name='日期')),
                ('shift', models.CharField(choices=[('day', '日查'), ('night', '夜查')], max_length=5, verbose_name='班次')),
                ('leader_name', models.CharField(blank=True, max_length=30, verbose_name='带队处级领导')),
                ('alert_level', models.CharField(blank=True, choices=[('blue', '蓝色'), ('yellow', '黄色'), ('orange', '橙色'), ('red', '红色')], max_length=8, verbose_name='预警级别')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束')),
                ('area', models.CharField(blank=True, max_length=200, verbose_name='路线点位')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='情况说明')),
                ('feedback', models.CharField(blank=True, max_length=100, verbose_name='反馈')),
                ('persons', models.PositiveIntegerField(default=0, verbose_name='出动人次')),
                ('vehicles', models.PositiveIntegerField(default=0, verbose_name='出动车次')),
                ('sites_inspected', models.PositiveIntegerField(default=0, verbose_name='检查工地')),
                ('stoves_seized', models.PositiveIntegerField(default=0, verbose_name='收缴小煤炉')),
                ('briquettes_seized', models.PositiveIntegerField(default=0, verbose_name='收缴蜂窝煤')),
                ('unlicensed_banned', models.PositiveIntegerField(default=0, verbose_name='取缔无照经营')),
                ('shops_inspected', models.PositiveIntegerField(default=0, verbose_name='检查单位商户')),
                ('burning_stopped', models.PositiveIntegerField(default=0, verbose_name='查处烧烤焚烧')),
                ('problems_found', models.PositiveIntegerField(default=0, verbose_name='发现问题')),
                ('fixed_on_spot', models.PositiveIntegerField(default=0, verbose_name='立查立改')),
                ('leaflets', models.PositiveIntegerField(default=0, verbose_name='宣传材料')),
                ('turn', models.PositiveIntegerField(default=0, verbose_name='变更次数')),
                ('closing_key', models.CharField(blank=True, max_length=40, verbose_name='上报幂等键')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('departments', models.ManyToManyField(blank=True, related_name='joined_patrols', to='accounts.department', verbose_name='参加部门')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上报人')),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='带队人员')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='accounts.department', verbose_name='巡查单位')),
            ],
            options={
                'verbose_name': '巡查日志',
                'verbose_name_plural': '巡查日志',
                'ordering': ['-date', '-shift', '-pk'],
                'indexes': [models.Index(fields=['team', '-date'], name='patrol_by_team')],
                'constraints': [models.UniqueConstraint(fields=('date', 'shift', 'team'), name='a_team_has_one_log_for_a_shift'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='a_patrol_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('briquettes_seized__gte', 0), ('burning_stopped__gte', 0), ('fixed_on_spot__gte', 0), ('leaflets__gte', 0), ('persons__gte', 0), ('problems_found__gte', 0), ('shops_inspected__gte', 0), ('sites_inspected__gte', 0), ('stoves_seized__gte', 0), ('unlicensed_banned__gte', 0), ('vehicles__gte', 0)), name='no_patrol_counter_is_below_zero')],
            },
        ),
        migrations.CreateModel(
            name='PatrolFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='幂等键')),
                ('kind', models.CharField(choices=[('fixed', '立查立改'), ('handed', '转案件')], max_length=8, verbose_name='处理方式')),
                ('at', models.DateTimeField(verbose_name='收到时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发现人')),
                ('case', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='patrol_finding', to='cases.case', verbose_name='案件')),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='campaigns.patrollog', verbose_name='日志')),
            ],
            options={
                'verbose_name': '巡查发现',
                'verbose_name_plural': '巡查发现',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PatrolCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='幂等键')),
                ('added', models.JSONField(verbose_name='增减')),
                ('at', models.DateTimeField(verbose_name='收到时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='campaigns.patrollog', verbose_name='日志')),
            ],
            options={
                'verbose_name': '巡查计数',
                'verbose_name_plural': '巡查计数',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PatrolCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counter', models.CharField(max_length=20, verbose_name='项目')),
                ('was', models.PositiveIntegerField(verbose_name='原数')),
                ('becomes', models.PositiveIntegerField(verbose_name='更正为')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('at', models.DateTimeField(verbose_name='更正时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更正人')),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='campaigns.patrollog', verbose_name='日志')),
            ],
            options={
                'verbose_name': '巡查更正',
                'verbose_name_plural': '巡查更正',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('was', models.F('becomes')), _negated=True), name='a_correction_changes_something')],
            },
        ),
        migrations.CreateModel(
            name='PatrolPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='幂等键')),
                ('at', models.DateTimeField(verbose_name='收到时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拍摄人')),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='campaigns.patrollog', verbose_name='日志')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='patrol_photo', to='grid.photo', verbose_name='照片')),
            ],
            options={
                'verbose_name': '巡查照片',
                'verbose_name_plural': '巡查照片',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PollutionAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveIntegerField(unique=True, verbose_name='序号')),
                ('level', models.CharField(choices=[('blue', '蓝色'), ('yellow', '黄色'), ('orange', '橙色'), ('red', '红色')], max_length=8, verbose_name='级别')),
                ('starts_at', models.DateTimeField(verbose_name='开始')),
                ('ends_at', models.DateTimeField(verbose_name='结束')),
                ('document', models.CharField(max_length=120, verbose_name='依据文件')),
                ('measures', models.TextField(blank=True, verbose_name='应急措施')),
                ('issued_at', models.DateTimeField(verbose_name='发布时间')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='解除时间')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解除人')),
            ],
            options={
                'verbose_name': '空气重污染预警',
                'verbose_name_plural': '空气重污染预警',
                'ordering': ['-starts_at', '-pk'],
                'indexes': [models.Index(fields=['starts_at', 'ends_at'], name='alert_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), models.Q(('ends_at', models.F('starts_at')), ('lifted_at__isnull', False)), _connector='OR'), name='an_alert_ends_after_it_starts_unless_lifted_before')],
            },
        ),
        migrations.CreateModel(
            name='PatrolDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='日期')),
                ('shift', models.CharField(choices=[('day', '日查'), ('night', '夜查')], max_length=5, verbose_name='班次')),
                ('leader_name', models.CharField(max_length=30, verbose_name='带队处级领导')),
                ('assigned_at', models.DateTimeField(verbose_name='排班时间')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='排班人')),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='带队人员')),
            ],
            options={
                'verbose_name': '巡查带班',
                'verbose_name_plural': '巡查带班',
                'ordering': ['-date', 'shift'],
                'constraints': [models.UniqueConstraint(fields=('date', 'shift'), name='a_patrol_shift_has_one_leader'), models.CheckConstraint(condition=models.Q(('leader_name', ''), _negated=True), name='who_leads_a_patrol_has_a_name')],
            },
        ),
    ]
