package dev.signalbox.contracts;

/**
 * One thing wrong with a request.
 *
 * @param pointer JSON Pointer (RFC 6901) to the field, such as {@code /params/port}; empty for the
 *     whole document
 * @param message the rule that is broken, in words
 */
public record FieldProblem(String pointer, String message) {}
