package dev.signalbox.platform.bus;

/**
 * A request on its way to one process, or the answer on its way back.
 *
 * @param replyTo where the answer to a request goes; empty in an answer
 * @param id of the request among those of its caller, and of its answer
 * @param content the message
 */
record Exchange(String replyTo, long id, Envelope content) {}
