/**
 * What a server on demand answers, as data: read once from JSON with every problem noted, and
 * compiled there, so that a request meets paths, patterns and bytes that are ready.
 */
@NullMarked
package dev.signalbox.serverfactory.definition;

import org.jspecify.annotations.NullMarked;
