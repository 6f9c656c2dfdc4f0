
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('reports', '0001_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('daily', '日常督查'), ('special', '专项'), ('weekly', '周报'), ('monthly', '月报'), ('quarterly', '季报'), ('yearly', '年报')], max_length=10, verbose_name='类型')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '待签发'), ('issued', '已签发'), ('withdrawn', '作废'), ('imported', '原表登记')], default='draft', max_length=10, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('series', models.CharField(default='苹城管督', max_length=20, verbose_name='代字')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='年份')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='期号')),
                ('title', models.CharField(max_length=80, verbose_name='标题')),
                ('first', models.DateField(verbose_name='统计起始日')),
                ('last', models.DateField(verbose_name='统计截止日')),
                ('topic', models.CharField(blank=True, max_length=20, verbose_name='专项')),
                ('scope', models.CharField(blank=True, max_length=60, verbose_name='通报对象')),
                ('addressee', models.CharField(blank=True, max_length=100, verbose_name='主送')),
                ('copies', models.CharField(blank=True, max_length=100, verbose_name='抄送')),
                ('issuer', models.CharField(max_length=40, verbose_name='印发单位')),
                ('blocks', models.JSONField(blank=True, default=list, verbose_name='正文')),
                ('created_at', models.DateTimeField(verbose_name='拟稿时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='送签时间')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='签发时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                ('withdrawal', models.CharField(blank=True, max_length=200, verbose_name='作废理由')),
                ('problems', models.PositiveIntegerField(blank=True, null=True, verbose_name='问题数')),
                ('fixed', models.PositiveIntegerField(blank=True, null=True, verbose_name='已整改')),
                ('pages', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='页数')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='reports.bulletin', verbose_name='更正')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='送签人')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人')),
            ],
            options={
                'verbose_name': '督查通报',
                'verbose_name_plural': '督查通报',
                'indexes': [models.Index(fields=['state', '-created_at'], name='bulletin_by_state'), models.Index(fields=['-year', '-number'], name='bulletin_by_number'), models.Index(fields=['kind', '-last'], name='bulletin_by_kind')],
                'constraints': [models.UniqueConstraint(fields=('series', 'year', 'number'), name='a_bulletin_number_is_given_once'), models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('year__isnull', True)), models.Q(('number__gte', 1), ('year__isnull', False)), _connector='OR'), name='a_bulletin_number_has_its_year'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'issued'), _negated=True), models.Q(('issued_at__isnull', False), ('issued_by__isnull', False)), _connector='OR'), name='an_issued_bulletin_has_its_signer'), models.CheckConstraint(condition=models.Q(('issued_by__isnull', True), ('submitted_by__isnull', True), models.Q(('issued_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='the_signer_did_not_submit'), models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='a_bulletin_period_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='BulletinCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=20, verbose_name='代字')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='已用期号')),
            ],
            options={
                'verbose_name': '期号计数',
                'verbose_name_plural': '期号计数',
                'constraints': [models.UniqueConstraint(fields=('series', 'year'), name='one_counter_per_series_and_year')],
            },
        ),
        migrations.CreateModel(
            name='BulletinNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('figure', models.CharField(max_length=40, verbose_name='指标')),
                ('value', models.CharField(max_length=20, verbose_name='数值')),
                ('cases', models.JSONField(default=list, verbose_name='案件')),
                ('hits', models.JSONField(blank=True, default=list, verbose_name='其中')),
                ('bulletin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='reports.bulletin', verbose_name='通报')),
            ],
            options={
                'verbose_name': '通报数字',
                'verbose_name_plural': '通报数字',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('bulletin', 'name'), name='a_number_is_frozen_once')],
            },
        ),
        migrations.CreateModel(
            name='BulletinSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('daily', '日常督查'), ('special', '专项'), ('weekly', '周报'), ('monthly', '月报'), ('quarterly', '季报'), ('yearly', '年报')], max_length=10, unique=True, verbose_name='类型')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='启用时间')),
                ('changed_at', models.DateTimeField(verbose_name='设置时间')),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='设置人')),
            ],
            options={
                'verbose_name': '拟稿计划',
                'verbose_name_plural': '拟稿计划',
            },
        ),
        migrations.CreateModel(
            name='BulletinSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('daily', '日常督查'), ('special', '专项'), ('weekly', '周报'), ('monthly', '月报'), ('quarterly', '季报'), ('yearly', '年报')], max_length=10, verbose_name='类型')),
                ('first', models.DateField(verbose_name='统计起始日')),
                ('bulletin', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='slot', to='reports.bulletin', verbose_name='通报')),
            ],
            options={
                'verbose_name': '拟稿时段',
                'verbose_name_plural': '拟稿时段',
                'constraints': [models.UniqueConstraint(fields=('kind', 'first'), name='a_period_is_drafted_once')],
            },
        ),
        migrations.CreateModel(
            name='BulletinStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('drafted', '拟稿'), ('edited', '修改'), ('submitted', '送签发'), ('sent_back', '退回修改'), ('issued', '签发'), ('withdrawn', '作废'), ('imported', '登记')], max_length=10, verbose_name='动作')),
                ('by_name', models.CharField(blank=True, max_length=60, verbose_name='姓名')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('bulletin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='reports.bulletin', verbose_name='通报')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '通报经过',
                'verbose_name_plural': '通报经过',
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='bulletin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('state__in', ('draft', 'submitted'))), models.Q(('number__isnull', False), ('state__in', ('issued', 'imported'))), ('state', 'withdrawn'), _connector='OR'), name='a_number_is_taken_when_issued'),
        ),
    ]
