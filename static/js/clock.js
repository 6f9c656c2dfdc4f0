/* 顶栏的钟：<time data-clock>，按北京时间每分钟走一次。 */
{
  const words = now => {
    const part = Object.fromEntries(new Intl.DateTimeFormat('zh-CN', {
      timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }).formatToParts(now).map(p => [p.type, p.value]));
    return `${part.month}月${part.day}日 ${part.weekday} ${part.hour}:${part.minute}`;
  };
  const tick = () => {
    const now = new Date();
    document.querySelectorAll('time[data-clock]').forEach(clock => {
      clock.textContent = words(now);
      clock.dateTime = now.toISOString();
    });
    setTimeout(tick, 60000 - (Date.now() % 60000) + 50);
  };
  tick();
}
