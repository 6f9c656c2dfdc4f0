import django.db.models.deletion
import grid.models.registers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0005_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='Licence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('business', '营业执照'), ('food', '食品经营许可证'), ('hygiene', '公共场所卫生许可证'), ('fire', '消防安全检查合格证'), ('tobacco', '烟草专卖零售许可证')], max_length=10, verbose_name='证照')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='证号')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('missing', models.BooleanField(default=False, verbose_name='缺证')),
            ],
            options={
                'verbose_name': '证照',
                'verbose_name_plural': '证照',
                'ordering': ['organisation_id', 'kind'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['business', 'food', 'hygiene', 'fire', 'tobacco'])), name='a_licence_has_a_known_kind'), models.CheckConstraint(condition=models.Q(('missing', False), models.Q(('number', ''), ('valid_until__isnull', True)), _connector='OR'), name='a_missing_paper_has_no_number')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='organisation',
            name='an_organisation_has_a_known_kind',
        ),
        migrations.AddField(
            model_name='organisation',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='kind',
            field=models.CharField(choices=[('unit', '社会单位'), ('shop', '商户'), ('property', '物业公司'), ('economic', '新经济组织'), ('social', '新社会组织')], default='unit', max_length=10, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='uscc',
            field=models.CharField(blank=True, help_text='还没有办照的空着', max_length=18, null=True, unique=True, validators=[grid.models.registers.check_uscc], verbose_name='统一社会信用代码'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['unit', 'shop', 'property', 'economic', 'social'])), name='an_organisation_has_a_known_kind'),
        ),
        migrations.AddField(
            model_name='licence',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='licences', to='grid.organisation', verbose_name='单位'),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=models.UniqueConstraint(fields=('organisation', 'kind'), name='an_organisation_has_a_paper_once'),
        ),
    ]
