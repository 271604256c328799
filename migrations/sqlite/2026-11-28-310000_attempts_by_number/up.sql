-- A page of attempts is read newest first, which is by their number.
CREATE INDEX attempts_by_number ON attempts (delivery_id, number);
DROP INDEX attempts_of_delivery;
