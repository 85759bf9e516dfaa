/**
 * Answers from the domain name system: questions of any type to the machine's resolvers or to given
 * ones, over UDP, TCP, TLS and HTTPS, without blocking and within bounds.
 */
@NullMarked
package dev.signalbox.dns;

import org.jspecify.annotations.NullMarked;
