package dev.signalbox.httpprobe.body;

/**
 * What is done with an answer's body.
 *
 * @param limit bytes read at most, counted after decompression
 * @param cut whether a longer body is cut, rather than an error
 * @param include whether the result shows it
 */
public record BodyRules(int limit, boolean cut, boolean include) {}
