// What a person wrote and did not send stays in this browser when a session ends by itself, for its next one. After
// logging out it is nobody else's to see or to send; nor is it when somebody else is here. Settings stay.
const SIGN = "here", SETTING = /\.(?:emoji|folded|notify|sound|tone)$/;
const people = () => Object.keys(localStorage).filter((key) => /^chatroom\.\d+\..*\.here$/.test(key))
  .map((key) => key.slice(0, -SIGN.length));
const isTextKey = (key) => key.startsWith("chatroom.") && !SETTING.test(key);
const forgetTexts = (isOver) => {
  for (const where of [sessionStorage, localStorage])
    for (const key of Object.keys(where)) if (isTextKey(key) && isOver(key)) where.removeItem(key);
};
// Those of people who are not here, not even by a session that has ended.
export const forgetLeft = () => forgetTexts((key) => !people().some((person) => key.startsWith(person)));
export const leave = (person) => localStorage.removeItem(person + SIGN);
export const stayAlone = (person) => {
  forgetTexts((key) => !key.startsWith(person));
  try { localStorage.setItem(person + SIGN, "1"); } catch { /* full */ }
};
