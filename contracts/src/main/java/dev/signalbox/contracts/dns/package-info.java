/** What dns-service does for others: answers from the domain name system. */
@NullMarked
package dev.signalbox.contracts.dns;

import org.jspecify.annotations.NullMarked;
