"""Responsibility agreements: texts and their wordings, parties, tasks, signatures, records."""
import accounts.encryption
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit_guard'),
        ('accounts', '__first__'),
        ('campaigns', '0002_patrols'),
        ('grid', '0003_organisations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='编号')),
                ('party_kind', models.CharField(choices=[('organisation', '社会单位'), ('community', '社区'), ('station', '科队站所')], max_length=12, verbose_name='签订对象类别')),
                ('stage', models.CharField(choices=[('draft', '草稿'), ('issued', '待签'), ('signed', '已签'), ('in_force', '履行中'), ('assessed', '已考核'), ('closed', '已归档')], default='draft', max_length=10, verbose_name='状态')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='送签时间')),
                ('viewed_at', models.DateTimeField(blank=True, null=True, verbose_name='查看时间')),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='最近提醒')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='签订日期')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='登记签订时间')),
                ('signer', accounts.encryption.EncryptedText(blank=True, default='', max_length=30, verbose_name='乙方签字人')),
                ('street_signer', accounts.encryption.EncryptedText(blank=True, default='', max_length=30, verbose_name='甲方签字人')),
                ('at_meeting', models.BooleanField(default=False, verbose_name='动员会上签订')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='期限')),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='考核得分')),
                ('band', models.CharField(blank=True, max_length=20, verbose_name='考核等次')),
                ('deduct', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='扣分')),
                ('consequence', models.CharField(blank=True, max_length=120, verbose_name='奖惩')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='accounts.department', verbose_name='部门')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='grid.organisation', verbose_name='社会单位')),
            ],
            options={
                'verbose_name': '责任书',
                'verbose_name_plural': '责任书',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('organisation__isnull', False), ('party_kind', 'organisation')), models.Q(('department__isnull', False), ('organisation__isnull', True), ('party_kind__in', ['community', 'station'])), _connector='OR'), name='an_agreement_has_exactly_one_party'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='an_agreement_number_is_used_once'), models.CheckConstraint(condition=models.Q(('stage__in', ['draft', 'issued', 'signed', 'in_force', 'assessed', 'closed'])), name='an_agreement_has_a_known_stage'), models.CheckConstraint(condition=models.Q(('stage__in', ['draft', 'issued']), ('signed_on__isnull', False), _connector='OR'), name='a_signed_agreement_has_its_day'), models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ['assessed', 'closed']), _negated=True), models.Q(('band', ''), _negated=True), _connector='OR'), name='an_assessed_agreement_has_its_band'), models.CheckConstraint(condition=models.Q(('score__isnull', True), models.Q(('score__gte', 0), ('score__lte', 100)), _connector='OR'), name='a_score_lies_in_a_hundred')],
            },
        ),
        migrations.CreateModel(
            name='AgreementRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=20, verbose_name='动作')),
                ('from_stage', models.CharField(blank=True, choices=[('draft', '草稿'), ('issued', '待签'), ('signed', '已签'), ('in_force', '履行中'), ('assessed', '已考核'), ('closed', '已归档')], max_length=10, verbose_name='原状态')),
                ('to_stage', models.CharField(choices=[('draft', '草稿'), ('issued', '待签'), ('signed', '已签'), ('in_force', '履行中'), ('assessed', '已考核'), ('closed', '已归档')], max_length=10, verbose_name='新状态')),
                ('by_name', models.CharField(blank=True, max_length=60, verbose_name='操作人')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('happened_at', models.DateTimeField(verbose_name='发生时间')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='记录时间')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='campaigns.agreement', verbose_name='责任书')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '责任书记录',
                'verbose_name_plural': '责任书记录',
                'ordering': ['agreement', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AgreementTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='例如 2016 年国家卫生区复审责任书', max_length=60, verbose_name='名称')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('prefix', models.CharField(help_text='编号的前几个字，例如 石苹卫责，编成 石苹卫责〔2016〕01号', max_length=12, verbose_name='编号代字')),
                ('last_serial', models.PositiveIntegerField(default=0, verbose_name='已用序号')),
                ('sign_by', models.DateField(blank=True, null=True, verbose_name='签订截止')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='责任期限至')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                ('created_at', models.DateTimeField(verbose_name='建立时间')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '责任书文本',
                'verbose_name_plural': '责任书文本',
                'ordering': ['-year', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('prefix', 'year'), name='a_prefix_numbers_one_text_a_year')],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='template',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='campaigns.agreementtemplate', verbose_name='文本'),
        ),
        migrations.CreateModel(
            name='AgreementValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, verbose_name='变量')),
                ('text', accounts.encryption.EncryptedText(max_length=200, verbose_name='内容')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='campaigns.agreement', verbose_name='责任书')),
            ],
            options={
                'verbose_name': '责任书变量',
                'verbose_name_plural': '责任书变量',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'name'), name='a_variable_is_filled_once')],
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=30, unique=True, verbose_name='名称')),
                ('blocks', models.JSONField(default=list, verbose_name='内容')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('changed_at', models.DateTimeField(verbose_name='修改时间')),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '条款',
                'verbose_name_plural': '条款库',
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='ScoreBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lower', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='起分（含）')),
                ('name', models.CharField(max_length=20, verbose_name='等次')),
                ('deduct', models.DecimalField(decimal_places=1, default=0, max_digits=4, verbose_name='扣分')),
                ('consequence', models.CharField(blank=True, max_length=120, verbose_name='奖惩')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bands', to='campaigns.agreementtemplate', verbose_name='文本')),
            ],
            options={
                'verbose_name': '考核等次',
                'verbose_name_plural': '考核等次',
                'ordering': ['template', '-lower'],
                'constraints': [models.UniqueConstraint(fields=('template', 'lower'), name='two_bands_do_not_begin_at_one_score'), models.CheckConstraint(condition=models.Q(('lower__gte', 0), ('lower__lte', 100)), name='a_band_begins_within_a_hundred'), models.CheckConstraint(condition=models.Q(('deduct__gte', 0)), name='a_band_deducts_no_less_than_nothing')],
            },
        ),
        migrations.CreateModel(
            name='TemplateEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(verbose_name='第几次修改')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('heading', models.CharField(max_length=60, verbose_name='标题')),
                ('blocks', models.JSONField(default=list, verbose_name='正文')),
                ('variables', models.JSONField(default=list, verbose_name='变量')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by_name', models.CharField(blank=True, max_length=60, verbose_name='修改人')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='campaigns.agreementtemplate', verbose_name='文本')),
            ],
            options={
                'verbose_name': '责任书文本修改',
                'verbose_name_plural': '责任书文本修改',
                'ordering': ['template', 'revision'],
                'indexes': [models.Index(fields=['template', 'version', '-revision'], name='edit_by_version')],
                'constraints': [models.UniqueConstraint(fields=('template', 'revision'), name='a_wording_has_its_place')],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='edit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='campaigns.templateedit', verbose_name='送签文本'),
        ),
        migrations.CreateModel(
            name='TemplateTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('text', models.CharField(max_length=200, verbose_name='任务')),
                ('due_on', models.DateField(verbose_name='完成时限')),
                ('party_kind', models.CharField(blank=True, choices=[('organisation', '社会单位'), ('community', '社区'), ('station', '科队站所')], max_length=12, verbose_name='适用对象')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='campaigns.agreementtemplate', verbose_name='文本')),
            ],
            options={
                'verbose_name': '任务分解',
                'verbose_name_plural': '任务分解',
                'ordering': ['template', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('template', 'seq'), name='a_template_task_has_its_place')],
            },
        ),
        migrations.CreateModel(
            name='AgreementScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(blank=True, max_length=200, upload_to='agreements/%Y/%m', verbose_name='PDF')),
                ('added_at', models.DateTimeField(verbose_name='添加时间')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='添加人')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='campaigns.agreement', verbose_name='责任书')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.photo', verbose_name='照片')),
            ],
            options={
                'verbose_name': '签字页',
                'verbose_name_plural': '签字页',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('photo__isnull', False)), models.Q(('photo__isnull', True), models.Q(('file', ''), _negated=True)), _connector='OR'), name='a_scan_is_a_photo_or_a_file')],
            },
        ),
        migrations.CreateModel(
            name='AgreementTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('text', models.CharField(max_length=200, verbose_name='任务')),
                ('due_on', models.DateField(verbose_name='完成时限')),
                ('finished_on', models.DateField(blank=True, null=True, verbose_name='完成日期')),
                ('check_score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='检查得分')),
                ('checker', models.CharField(blank=True, max_length=30, verbose_name='检查单位')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='campaigns.agreement', verbose_name='责任书')),
            ],
            options={
                'verbose_name': '责任书任务',
                'verbose_name_plural': '责任书任务',
                'ordering': ['agreement', 'seq'],
                'indexes': [models.Index(condition=models.Q(('finished_on__isnull', True)), fields=['due_on'], name='agreement_task_open')],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'seq'), name='a_task_has_its_place_in_the_agreement'), models.CheckConstraint(condition=models.Q(('check_score__isnull', True), models.Q(('check_score__gte', 0), ('check_score__lte', 100)), _connector='OR'), name='a_task_score_lies_in_a_hundred'), models.CheckConstraint(condition=models.Q(('check_score__isnull', True), ('finished_on__isnull', False), _connector='OR'), name='only_a_finished_task_is_scored')],
            },
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['template', 'stage'], name='agreement_by_stage'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('template', 'organisation'), name='a_unit_signs_a_text_once'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('template', 'department'), name='a_department_signs_a_text_once'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('stage', 'draft'), models.Q(('edit__isnull', False), ('issued_at__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='what_was_sent_for_signature_has_text_and_number'),
        ),
    ]
