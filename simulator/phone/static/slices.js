// Does something with many things, some in each task, so that the page stays quick.

const AT_ONCE = 10;

export function slices(doIt) {
  let waiting = [];
  const some = () => {
    if (waiting.length) doIt(waiting.splice(0, AT_ONCE));
    if (waiting.length) setTimeout(some);
  };
  return {
    add(things) {
      const isIdle = waiting.length === 0;
      waiting.push(...things);
      if (isIdle) some();
    },
    clear() {
      waiting = [];
    },
  };
}
