/** The domain name system over HTTP, as its own clients speak it. */
@NullMarked
package dev.signalbox.gateway.dns;

import org.jspecify.annotations.NullMarked;
