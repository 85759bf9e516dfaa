/**
 * What a server on demand remembers of its requests: a journal bounded in entries and bytes, and
 * counters with latencies. Belongs to the event loop of the server.
 */
@NullMarked
package dev.signalbox.serverfactory.journal;

import org.jspecify.annotations.NullMarked;
