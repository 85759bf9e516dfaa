/** Codes and messages over REST, in document 2's dialects and as JSON. */
@NullMarked
package dev.signalbox.gateway.code;

import org.jspecify.annotations.NullMarked;
