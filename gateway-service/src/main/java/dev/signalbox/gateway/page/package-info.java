/** Pages for people: templates in which every value is escaped, and the files they refer to. */
@NullMarked
package dev.signalbox.gateway.page;

import org.jspecify.annotations.NullMarked;
