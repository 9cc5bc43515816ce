(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    // Pages in a frame or from a file may have no storage: then nothing is remembered.
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* as above */ } },
  };

  for (const choice of document.querySelectorAll("input[name=theme]")) {
    if (choice.id === store.get("sessiontui-theme")) choice.checked = true;
    choice.addEventListener("change", () => store.set("sessiontui-theme", choice.id));
  }

  const unfold = document.getElementById("unfold");
  if (unfold) {
    unfold.hidden = false;
    unfold.addEventListener("click", () => {
      const open = unfold.textContent === "unfold all";
      for (const part of document.querySelectorAll("main details")) part.open = open;
      unfold.textContent = open ? "fold all" : "unfold all";
    });
  }

  // One button for all blocks: it goes where the pointer or the focus is.
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  copy.textContent = "copy";
  let block = null;
  const show = (event) => {
    const found = event.target.closest && event.target.closest("main pre");
    if (!found || found === block) return;
    block = found;
    copy.textContent = "copy";
    block.before(copy);
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent);
      copy.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(block);
      copy.textContent = "selected";
    }
  });

  // A link into something folded opens it.
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
  };
  addEventListener("hashchange", reveal);
  root.classList.add("scripted");
})();
