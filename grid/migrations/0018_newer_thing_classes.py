from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0017_entered_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='thingclass',
            name='older',
            field=models.ForeignKey(blank=True, help_text='2026 版的小类填；案件类别用 2013 版的代码，填了才会在登记案件时列出这一类的部件', limit_choices_to={'standard': '2013'}, null=True, on_delete=models.deletion.SET_NULL, related_name='newer', to='grid.thingclass', verbose_name='对应的 2013 版小类'),
        ),
        migrations.AddField(
            model_name='thingclass',
            name='basis',
            field=models.CharField(blank=True, help_text='例如 推定，待对照标准原文核定', max_length=60, verbose_name='依据'),
        ),
        migrations.AddConstraint(
            model_name='thingclass',
            constraint=models.CheckConstraint(condition=models.Q(('older__isnull', True), ('standard', '2026'), _connector='OR'), name='only_a_newer_thing_class_continues_an_older_one'),
        ),
    ]
