// Sends a picture from the files of this machine.

import { act } from "./people.js";
import { complain, send } from "./server.js";
import { el } from "./dom.js";

export function choosePicture(then) {
  const chooser = el("input", {
    type: "file",
    accept: "image/*",
    onchange: () => upload(chooser.files[0], then),
  });
  chooser.click();
}

async function upload(file, then) {
  if (!file) return;
  if (!file.type.startsWith("image/")) return complain("notAPicture");
  const answer = await send("uploads", "application/octet-stream", file);
  if (!answer) return;
  const { media_id: MediaId } = JSON.parse(answer);
  const PicUrl = new URL(`media/${encodeURIComponent(MediaId)}`, location.href).href;
  if (typeof then === "function") await then();
  await act("image", "", { MediaId, PicUrl });
}
