import accounts.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('grid', '0006_shops_and_licences'),
    ]

    operations = [
        migrations.CreateModel(
            name='Building',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='例如 3号楼', max_length=20, verbose_name='楼号')),
                ('units', models.PositiveSmallIntegerField(default=1, verbose_name='单元（个）')),
                ('floors', models.PositiveSmallIntegerField(default=1, verbose_name='层数')),
            ],
            options={
                'verbose_name': '楼栋',
                'verbose_name_plural': '楼栋',
                'ordering': ['site_id', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('grid_leader', '网格长'), ('grid_worker', '网格员'), ('area_leader', '片长'), ('keeper', '点位责任人')], max_length=12, verbose_name='职责')),
                ('holder', models.CharField(max_length=30, verbose_name='姓名')),
                ('phone', accounts.encryption.EncryptedText(blank=True, default='', max_length=20, verbose_name='电话')),
                ('since', models.DateField(verbose_name='到任')),
                ('until', models.DateField(blank=True, null=True, verbose_name='离任')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
            ],
            options={
                'verbose_name': '责任人',
                'verbose_name_plural': '责任人',
                'ordering': ['-since', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='a_post_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='ResponsibilityGrid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
            ],
            options={
                'verbose_name': '责任网格',
                'verbose_name_plural': '责任网格',
                'ordering': ['code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='keysite',
            name='a_site_has_a_known_category',
        ),
        migrations.AddField(
            model_name='keysite',
            name='property_company',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='compounds', to='grid.organisation', verbose_name='物业公司'),
        ),
        migrations.AddField(
            model_name='keysite',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
        ),
        migrations.AlterField(
            model_name='keysite',
            name='category',
            field=models.CharField(choices=[('重点道路', '重点道路'), ('重点点位', '重点点位'), ('小区', '小区'), ('大杂院', '大杂院'), ('出租房', '出租房'), ('工地', '工地'), ('市场', '市场')], max_length=10, verbose_name='类别'),
        ),
        migrations.AddConstraint(
            model_name='keysite',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['重点道路', '重点点位', '小区', '大杂院', '出租房', '工地', '市场'])), name='a_site_has_a_known_category'),
        ),
        migrations.AddField(
            model_name='building',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buildings', to='grid.keysite', verbose_name='小区'),
        ),
        migrations.AddField(
            model_name='post',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='grid.keysite', verbose_name='点位'),
        ),
        migrations.AddField(
            model_name='post',
            name='unit_grid',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='grid.unitgrid', verbose_name='单元网格'),
        ),
        migrations.AddField(
            model_name='post',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='账号'),
        ),
        migrations.AddField(
            model_name='responsibilitygrid',
            name='community',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibility_grids', to='grid.community', verbose_name='社区'),
        ),
        migrations.AddField(
            model_name='responsibilitygrid',
            name='unit_grids',
            field=models.ManyToManyField(related_name='responsibility_grids', to='grid.unitgrid', verbose_name='单元网格'),
        ),
        migrations.AddField(
            model_name='post',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='grid.responsibilitygrid', verbose_name='责任网格'),
        ),
        migrations.AddConstraint(
            model_name='building',
            constraint=models.UniqueConstraint(fields=('site', 'name'), name='a_building_stands_once_in_a_compound'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('site__isnull', True), ('unit_grid__isnull', False)), models.Q(('area__isnull', False), ('site__isnull', True), ('unit_grid__isnull', True)), models.Q(('area__isnull', True), ('site__isnull', False), ('unit_grid__isnull', True)), _connector='OR'), name='a_post_is_for_exactly_one_ground'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('unit_grid__isnull', False), ('until__isnull', True)), fields=('unit_grid', 'role'), name='one_holder_at_a_time_on_unit_grid'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('area__isnull', False), ('until__isnull', True)), fields=('area', 'role'), name='one_holder_at_a_time_on_area'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('site__isnull', False), ('until__isnull', True)), fields=('site', 'role'), name='one_holder_at_a_time_on_site'),
        ),
    ]
