// After logging out, what was written and not sent is nobody else's to see or to send.
export const forgetTexts = (whose) => {
  for (const where of [sessionStorage, localStorage])
    for (const key of Object.keys(where)) if (key.startsWith(whose)) where.removeItem(key);
};
