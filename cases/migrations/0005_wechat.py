"""The official account: what comes in, the draft it grows, and what goes out."""
import accounts.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_field_reports'),
        ('grid', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WeChatDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('openid', accounts.encryption.EncryptedText(blank=True, default='', max_length=80, verbose_name='微信标识')),
                ('openid_index', models.CharField(max_length=64, verbose_name='微信标识索引')),
                ('words', accounts.encryption.EncryptedText(blank=True, default='', verbose_name='文字')),
                ('has_words', models.BooleanField(default=False, verbose_name='有文字')),
                ('address', accounts.encryption.EncryptedText(blank=True, default='', max_length=200, verbose_name='位置说明')),
                ('raw_lon', models.FloatField(blank=True, null=True, verbose_name='原始经度')),
                ('raw_lat', models.FloatField(blank=True, null=True, verbose_name='原始纬度')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='经度')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='纬度')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('last_at', models.DateTimeField(verbose_name='最近一条')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束')),
            ],
            options={
                'verbose_name': '微信草稿',
                'verbose_name_plural': '微信草稿',
            },
        ),
        migrations.CreateModel(
            name='WeChatMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('openid', accounts.encryption.EncryptedText(blank=True, default='', max_length=80, verbose_name='微信标识')),
                ('text', accounts.encryption.EncryptedText(verbose_name='内容')),
                ('slot', models.CharField(max_length=80, unique=True, verbose_name='事由键')),
                ('kind', models.CharField(choices=[('customer', '客服消息'), ('template', '模板消息')], default='customer', max_length=10, verbose_name='类别')),
                ('status', models.CharField(choices=[('queued', '待发'), ('sending', '发送中'), ('sent', '已发'), ('held', '不外发'), ('unsure', '不确定'), ('failed', '失败')], default='queued', max_length=10, verbose_name='状态')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='已试')),
                ('created_at', models.DateTimeField(verbose_name='生成时间')),
                ('next_try_at', models.DateTimeField(verbose_name='下次')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='领取时间')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
            ],
            options={
                'verbose_name': '微信发件',
                'verbose_name_plural': '微信发件',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='WeChatPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('media_id', models.CharField(max_length=200, verbose_name='素材标识')),
                ('status', models.CharField(choices=[('waiting', '待下载'), ('stored', '已保存'), ('refused', '不合格'), ('failed', '下载失败')], default='waiting', max_length=10, verbose_name='状态')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='已试')),
                ('next_try_at', models.DateTimeField(verbose_name='下次')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='原因')),
            ],
            options={
                'verbose_name': '微信照片',
                'verbose_name_plural': '微信照片',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WeChatReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True, verbose_name='消息标识')),
                ('signature', models.CharField(max_length=40, verbose_name='签名')),
                ('body_hash', models.CharField(max_length=64, verbose_name='正文摘要')),
                ('answer', accounts.encryption.EncryptedText(blank=True, default='', verbose_name='答复')),
                ('at', models.DateTimeField(verbose_name='收到时间')),
            ],
            options={
                'verbose_name': '微信来件',
                'verbose_name_plural': '微信来件',
            },
        ),
        migrations.AddIndex(
            model_name='reply',
            index=models.Index(fields=['channel', 'at'], name='reply_by_channel'),
        ),
        migrations.AddField(
            model_name='wechatdraft',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wechat_drafts', to='cases.case', verbose_name='案件'),
        ),
        migrations.AddField(
            model_name='wechatmessage',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wechat_messages', to='cases.case', verbose_name='案件'),
        ),
        migrations.AddField(
            model_name='wechatmessage',
            name='reply',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wechat_message', to='cases.reply', verbose_name='回复'),
        ),
        migrations.AddField(
            model_name='wechatpicture',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='cases.wechatdraft'),
        ),
        migrations.AddField(
            model_name='wechatpicture',
            name='photo',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.photo', verbose_name='照片'),
        ),
        migrations.AddIndex(
            model_name='wechatreceipt',
            index=models.Index(fields=['signature'], name='wechat_by_signature'),
        ),
        migrations.AddIndex(
            model_name='wechatreceipt',
            index=models.Index(fields=['at'], name='wechat_receipt_by_age'),
        ),
        migrations.AddIndex(
            model_name='wechatdraft',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['last_at'], name='draft_by_last_message'),
        ),
        migrations.AddIndex(
            model_name='wechatdraft',
            index=models.Index(fields=['openid_index', '-ended_at'], name='draft_by_sender'),
        ),
        migrations.AddConstraint(
            model_name='wechatdraft',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('openid_index',), name='a_sender_has_one_draft'),
        ),
        migrations.AddIndex(
            model_name='wechatmessage',
            index=models.Index(condition=models.Q(('status', 'queued')), fields=['next_try_at'], name='wechat_to_send'),
        ),
        migrations.AddIndex(
            model_name='wechatmessage',
            index=models.Index(condition=models.Q(('status', 'sending')), fields=['claimed_at'], name='wechat_being_sent'),
        ),
        migrations.AddIndex(
            model_name='wechatmessage',
            index=models.Index(fields=['status', '-created_at', '-id'], name='wechat_by_status'),
        ),
        migrations.AddIndex(
            model_name='wechatmessage',
            index=models.Index(fields=['-created_at', '-id'], name='wechat_newest'),
        ),
        migrations.AddIndex(
            model_name='wechatpicture',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['next_try_at'], name='picture_to_fetch'),
        ),
        migrations.AddIndex(
            model_name='wechatpicture',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['received_at'], name='picture_stuck'),
        ),
    ]
