/**
 * HTTP requests to other people's servers, one fresh connection per hop, every phase timed, every
 * target judged before a packet goes to it.
 */
@NullMarked
package dev.signalbox.httpprobe;

import org.jspecify.annotations.NullMarked;
