/** Where requests come from: the peer itself, or what a trusted proxy says about its client. */
@NullMarked
package dev.signalbox.gateway.client;

import org.jspecify.annotations.NullMarked;
