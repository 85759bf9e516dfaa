package dev.signalbox.dnsclient.message;

/** How a received message relates to a query. */
public enum ReplyMatch {
  /** It answers the question, letter for letter. */
  EXACT,
  /** It answers the question in another case: a server that folds case, or a forgery. */
  OTHER_CASE,
  /** A server's refusal that does not repeat the question. */
  WITHOUT_QUESTION,
  /** Something else: to be ignored. */
  FOREIGN
}
