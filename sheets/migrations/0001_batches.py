import accounts.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target_key', models.CharField(max_length=60, verbose_name='台账键')),
                ('target_title', models.CharField(max_length=60, verbose_name='台账')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file_digest', models.CharField(max_length=64, verbose_name='文件指纹')),
                ('content', accounts.encryption.EncryptedText(blank=True, verbose_name='文件内容')),
                ('stage', models.CharField(choices=[('mapping', '对应列名'), ('judging', '正在预检'), ('ready', '待导入'), ('writing', '正在写入'), ('done', '已导入'), ('undone', '已撤销'), ('dropped', '已放弃')], default='mapping', max_length=10, verbose_name='步骤')),
                ('sheet_name', models.CharField(blank=True, max_length=100, verbose_name='工作表')),
                ('heading_row', models.PositiveIntegerField(default=1, verbose_name='表头行')),
                ('heading_rows', models.PositiveSmallIntegerField(default=1, verbose_name='表头行数')),
                ('headings', models.JSONField(default=list, verbose_name='表头')),
                ('mapping', models.JSONField(default=dict, verbose_name='列的对应')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='所属年份')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='数据行')),
                ('progress', models.PositiveIntegerField(default=0, verbose_name='已预检')),
                ('counts', models.JSONField(default=dict, verbose_name='各结果行数')),
                ('failure', models.CharField(blank=True, max_length=300, verbose_name='未能写入的原因')),
                ('forgotten', models.BooleanField(default=False, verbose_name='原文已清除')),
                ('created_at', models.DateTimeField(verbose_name='上传时间')),
                ('changed_at', models.DateTimeField(verbose_name='最近改动')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '导入批次',
                'verbose_name_plural': '导入批次',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['-created_at', '-id'], name='batch_newest'), models.Index(fields=['created_by', '-created_at'], name='batch_by_person'), models.Index(fields=['target_key', '-created_at'], name='batch_by_ledger'), models.Index(fields=['stage', 'changed_at'], name='batch_by_stage')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ['done', 'undone']), _negated=True), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='a_written_batch_says_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('stage', 'undone'), _negated=True), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='an_undone_batch_says_who_and_when')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='行号')),
                ('result', models.CharField(choices=[('fine', '可导入'), ('warned', '存疑'), ('duplicate', '重复'), ('error', '错误'), ('same', '未变'), ('skipped', '跳过'), ('ignored', '忽略')], max_length=10, verbose_name='结果')),
                ('decision', models.CharField(blank=True, choices=[('', '未定'), ('update', '按更新处理'), ('add', '按新增处理'), ('skip', '跳过本行')], default='', max_length=8, verbose_name='处理')),
                ('cells', models.JSONField(default=dict, verbose_name='单元格')),
                ('personal', accounts.encryption.EncryptedText(blank=True, verbose_name='个人信息单元格')),
                ('problems', models.JSONField(default=list, verbose_name='问题')),
                ('keys', models.JSONField(default=list, verbose_name='查重键')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='行指纹')),
                ('known_number', models.CharField(blank=True, max_length=60, verbose_name='台账编号')),
                ('written_pk', models.BigIntegerField(blank=True, null=True, verbose_name='写入对象')),
                ('written_number', models.CharField(blank=True, max_length=60, verbose_name='写入编号')),
                ('created', models.BooleanField(default=False, verbose_name='新增')),
                ('undo', accounts.encryption.EncryptedText(blank=True, verbose_name='撤销所需')),
                ('kept_back', models.CharField(blank=True, max_length=200, verbose_name='未撤销的原因')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='sheets.importbatch', verbose_name='批次')),
            ],
            options={
                'verbose_name': '导入行',
                'verbose_name_plural': '导入行',
                'ordering': ['batch', 'number'],
                'indexes': [models.Index(fields=['batch', 'result', 'number'], name='row_by_result'), models.Index(condition=models.Q(('written_pk__isnull', False)), fields=['digest'], name='row_written_before')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='a_row_of_a_file_is_kept_once'), models.CheckConstraint(condition=models.Q(('written_pk__isnull', True), ('result__in', ['fine', 'warned']), _connector='OR'), name='only_a_row_without_errors_is_written')],
            },
        ),
        migrations.CreateModel(
            name='ColumnMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target_key', models.CharField(max_length=60, verbose_name='台账键')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='表头指纹')),
                ('mapping', models.JSONField(default=dict, verbose_name='列的对应')),
                ('changed_at', models.DateTimeField(verbose_name='最近使用')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='对应人')),
            ],
            options={
                'verbose_name': '列名记忆',
                'verbose_name_plural': '列名记忆',
                'constraints': [models.UniqueConstraint(fields=('target_key', 'fingerprint'), name='a_heading_is_remembered_once')],
            },
        ),
    ]
