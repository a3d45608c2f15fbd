package exam

// Identify checks an ID number and gives the keyed hash by which a person is
// found everywhere, and the masked form (Invalid).
func (s *Service) Identify(number string) (hash, masked string, err error) {
	id, err := ParseIDNumber(number, s.Now())
	if err != nil {
		return "", "", err
	}
	return s.Vault.Hash(idPurpose, string(id)), id.Masked(), nil
}
