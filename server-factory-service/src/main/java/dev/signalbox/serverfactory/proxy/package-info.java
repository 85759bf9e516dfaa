/** Forwards requests of servers on demand to other servers, and makes routes of their answers. */
@NullMarked
package dev.signalbox.serverfactory.proxy;

import org.jspecify.annotations.NullMarked;
