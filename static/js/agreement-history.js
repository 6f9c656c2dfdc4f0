/* 撤销与重做：整页文字一步一存；纸面由块重画，浏览器自己的撤销不可靠。 */
const MOST = 200;

export const makeHistory = ({ read, show, changed, buttons }) => {
  const past = [], future = [];
  let now = JSON.stringify(read()), resting = 0;

  const note = () => {
    clearTimeout(resting);
    const next = JSON.stringify(read());
    if (next === now) return;
    past.push(now);
    if (past.length > MOST) past.shift();
    now = next;
    future.length = 0;
    buttons(past.length, future.length);
    changed();
  };
  const step = (from, to) => {
    note();
    if (!from.length) return;
    to.push(now);
    now = from.pop();
    show(JSON.parse(now));
    buttons(past.length, future.length);
    changed();
  };
  return {
    note,
    undo: () => step(past, future),
    redo: () => step(future, past),
    typed() { changed(); clearTimeout(resting); resting = setTimeout(note, 350); },
    isNow: state => JSON.stringify(state) === now,
  };
};
