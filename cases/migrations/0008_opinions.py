"""上报人评价: what reporters say of a closing, and whether they ask to reopen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_reporter_openid'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, verbose_name='查询码')),
                ('closed_at', models.DateTimeField(verbose_name='所评结案时间')),
                ('solved', models.BooleanField(verbose_name='已解决')),
                ('satisfaction', models.CharField(choices=[('satisfied', '满意'), ('fairly', '基本满意'), ('dissatisfied', '不满意')], max_length=15, verbose_name='满意度')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='评价时间')),
                ('wish', models.CharField(blank=True, choices=[('', '无'), ('asked', '待决定'), ('reopened', '已重开'), ('kept', '不重开')], default='', max_length=10, verbose_name='重开请求')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                ('decision', models.CharField(blank=True, max_length=300, verbose_name='不重开的答复')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opinions', to='cases.case', verbose_name='案件')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
                ('reporter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opinions', to='cases.reporter', verbose_name='上报人')),
            ],
            options={
                'verbose_name': '上报人评价',
                'verbose_name_plural': '上报人评价',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('wish', 'asked')), fields=['case'], name='opinion_asks_to_reopen')],
                'constraints': [models.UniqueConstraint(fields=('code', 'closed_at'), name='a_closing_is_judged_once_per_code'), models.CheckConstraint(condition=models.Q(('wish', ''), ('solved', False), _connector='OR'), name='only_the_unsolved_is_asked_to_reopen')],
            },
        ),
    ]
