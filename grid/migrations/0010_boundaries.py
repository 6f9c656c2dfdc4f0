import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('grid', '0009_leaders_are_posts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BoundaryEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('note', models.CharField(max_length=100, verbose_name='说明')),
                ('state', models.CharField(choices=[('scheduled', '待生效'), ('in_force', '已生效'), ('dropped', '已撤回')], default='scheduled', max_length=10, verbose_name='状态')),
                ('made_at', models.DateTimeField(verbose_name='调整时间')),
                ('in_force_at', models.DateTimeField(blank=True, null=True, verbose_name='生效时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='调整人')),
            ],
            options={
                'verbose_name': '边界版本',
                'verbose_name_plural': '边界版本',
                'ordering': ['-valid_from', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'scheduled')), fields=('state',), name='one_boundary_edition_waits_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('in_force_at__isnull', False), ('state', 'in_force')), models.Q(models.Q(('state', 'in_force'), _negated=True), ('in_force_at__isnull', True)), _connector='OR'), name='an_edition_in_force_knows_since_when')],
            },
        ),
        migrations.CreateModel(
            name='GridShape',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shape', models.BinaryField(help_text='WKB，WGS-84', verbose_name='边界')),
                ('area_m2', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='面积（㎡）')),
                ('old_shape', models.BinaryField(help_text='WKB，WGS-84', verbose_name='原边界')),
                ('old_area_m2', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='原面积（㎡）')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shapes', to='grid.boundaryedition', verbose_name='边界版本')),
                ('unit_grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shapes', to='grid.unitgrid', verbose_name='单元网格')),
            ],
            options={
                'verbose_name': '网格边界',
                'verbose_name_plural': '网格边界',
                'ordering': ['edition_id', 'unit_grid_id'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'unit_grid'), name='an_edition_draws_a_grid_once')],
            },
        ),
    ]
